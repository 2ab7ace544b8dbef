import { join } from 'node:path';
import { startLocalSageMaker } from '../../src/local/start.ts';

/** The embedded SageMaker as a process of its own, for tests that kill it. Prints its address. */
const [stateDir = '', jupyterPath = ''] = process.argv.slice(2);
const program = (name: string) => ({ command: process.execPath, args: [join(import.meta.dirname, name)] });
const images = { fake: program('fake-container.ts'), odd: program('odd-container.mjs'), env: 'env' };
const { url } = await startLocalSageMaker({ stateDir, images, jupyterPath });
console.log(url);
