import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** An AWS operation that code calls, with the SDK client that has it: `client-sagemaker`, `CreateModel`. */
export type Called = `${string}:${string}`;

const root = join(import.meta.dirname, '../..');
const source = (file: string): string => readFileSync(file, 'utf8');

/** What a file imports: names by the file or package they come from. Types count too: the Workspace is mostly known by its type. */
function importsOf(file: string): { names: string[]; from: string }[] {
  const found = source(file).matchAll(/^import (?:type )?(\w+)?(?:, )?(?:\{([^}]*)\})? ?(?:from )?'([^']+)';/gm);
  return [...found].map(([, main = '', named = '', from = '']) => ({
    names: [main, ...named.split(',').map((name) => name.trim().replace(/^type /, ''))].filter((name) => name !== ''),
    from,
  }));
}

/** The top-level definitions of a file by name, each with its text. */
function definitionsOf(file: string): Map<string, string> {
  const parts = source(file).split(/^(?=(?:export )?(?:async )?(?:function|const|class) )/m);
  return new Map(
    parts.map((part) => [/^(?:export )?(?:async )?(?:function|const|class) (\w+)/.exec(part)?.[1] ?? '', part]),
  );
}

/** The operations that a definition calls, itself or by what it uses. */
function operationsOf(file: string, name: string, seen: Set<string>): Called[] {
  const place = `${file}#${name}`;
  const text = definitionsOf(file).get(name);
  if (seen.has(place) || text === undefined) return [];
  seen.add(place);
  const uses = (other: string) => new RegExp(`\\b${other}\\b`).test(text);
  const called: Called[] = [];
  for (const { names, from } of importsOf(file)) {
    for (const imported of names.filter(uses)) {
      if (from.startsWith('@aws-sdk/client-') && imported.endsWith('Command'))
        called.push(`${from.slice('@aws-sdk/'.length)}:${imported.slice(0, -'Command'.length)}`);
      else if (from === '@aws-sdk/lib-storage') called.push('client-s3:CreateMultipartUpload');
      else if (from.startsWith('.')) called.push(...operationsOf(join(dirname(file), from), imported, seen));
    }
  }
  for (const other of definitionsOf(file).keys())
    if (other !== '' && other !== name && uses(other)) called.push(...operationsOf(file, other, seen));
  return called;
}

/** The operations that the code of a folder of src calls, by way of all it uses elsewhere. */
export function calledBy(folder: string): Called[] {
  const seen = new Set<string>();
  const files = globSync(join(root, 'src', folder, '**/*.ts'));
  const called = files.flatMap((file) =>
    [...definitionsOf(file).keys()].flatMap((name) => operationsOf(file, name, seen)),
  );
  return [...new Set(called)].sort();
}
