import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A folder with a Jupyter that only says that it is there. */
export async function fakeJupyter(folder: string): Promise<string> {
  const program = `require('http').createServer((_, answer) => answer.end('{}')).listen(Number(process.argv[1].split('=')[1]), '127.0.0.1')`;
  await mkdir(folder);
  const file = join(folder, 'jupyter-server');
  await writeFile(file, `#!/bin/sh\nexec '${process.execPath}' -e "${program}" -- "$2"\n`);
  await chmod(file, 0o755);
  return folder;
}
