// The operations of the embedded SageMaker, as README.md lists them: whatever is registered in the code.
import { operations as runtime } from '../src/local/runtime/runtime-routes.ts';
import { routes as s3 } from '../src/local/s3/routes.ts';
import type { Service } from '../src/local/wire/operation.ts';
import { queryServices, services } from '../src/local/wire/rpc-routes.ts';

const verb = /^(?:BatchDescribe|[A-Z][a-z]+)/;

/** Cells of a table of service, resource and operations, a row for each kind of resource. */
export function supportRows(): string[][] {
  const named = [...Object.values(services), ...Object.values(queryServices)].flatMap((service) => rowsOf(service));
  return [
    ...named,
    ['SageMaker Runtime', '', Object.keys(runtime).join(', ')],
    ['S3, path style', '', Object.values(s3).map(operationName).join(', ')],
  ];
}

function rowsOf({ name: service, actions, acceptedOnly = [] }: Service): string[][] {
  const shown = (name: string) => shortName(name) + (acceptedOnly.includes(name) ? ' (kept and described only)' : '');
  return Object.entries(Object.groupBy(Object.keys(actions).sort(), resourceOf))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([resource, names = []], at) => [at === 0 ? service : '', resource, names.map(shown).join(', ')]);
}

/** In the singular, and `ListTrainingJobsForHyperParameterTuningJob` among training jobs. */
const resourceOf = (operation: string) =>
  operation
    .replace(verb, '')
    .replace(/(For[A-Z].*)?$/, '')
    .replace(/ies$/, 'y')
    .replace(/(?<=s)es$|s$/, '') || operation;

const shortName = (operation: string) =>
  /For[A-Z]/.test(operation) ? operation : (verb.exec(operation)?.[0] ?? operation);

const operationName = ({ name }: { name: string }) => name.charAt(0).toUpperCase() + name.slice(1);
