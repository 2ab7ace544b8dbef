import { startLocalSageMaker } from '../../src/local/start.ts';
import { scriptedModel } from './scripted-model.ts';

/** As serve.ts, with the scripted model. */
const [stateDir = ''] = process.argv.slice(2);
const { url } = await startLocalSageMaker({ stateDir, modelServers: scriptedModel().modelServers });
console.log(url);
