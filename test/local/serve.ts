import { startLocalSageMaker } from '../../src/local/start.ts';

/** The embedded SageMaker as a process of its own, for tests that kill it. Prints its address. */
const [stateDir = '', fakeContainer = ''] = process.argv.slice(2);
const images = { fake: { command: process.execPath, args: [fakeContainer] } };
const { url } = await startLocalSageMaker({ stateDir, images });
console.log(url);
