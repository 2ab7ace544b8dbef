import { join } from 'node:path';
import * as sdk from '@aws-sdk/client-sagemaker';
import t, { type Test } from 'tap';
import { api } from '../../src/local/api/sagemaker.ts';
import { sagemaker as service } from '../../src/local/control-plane/sagemaker-actions.ts';
import { startLocalSageMaker } from '../../src/local/start.ts';
import { Table } from '../../src/local/store/table.ts';
import { connect } from './clients.ts';
import { sandbox } from './sandbox.ts';

/** What every resource is filtered and sorted by. Times in epoch seconds. */
interface Row {
  name: string;
  status: string;
  created: number;
  modified: number;
  /** Of a trial of a tuning job. */
  objective: number | undefined;
}

type Stored = Record<string, unknown>;

/** A List operation: where its resources are kept, how one is stored, and what of the answer names it. */
interface Listing {
  /** Without it, that of another operation. */
  table?: string;
  statuses?: [string, string, string];
  store?(row: Row, at: number): Stored;
  list: string;
  /** Without it, the answer lists names. */
  nameOf?: string;
  /** As the API model documents it; CreationTime, Descending without it. */
  by?: string;
  order?: 'Ascending' | 'Descending';
  /** SortBy of the name, in an operation that sorts in capitals. */
  nameInCapitals?: 'IMAGE_NAME' | 'VERSION';
  /** Filters of this operation alone, with the rows that they leave. */
  filters?: [input: object, left: (row: Row, at: number) => boolean][];
  /** What cannot be left out of a request. */
  required?: object;
}

const arn = (type: string, name: string) => `arn:aws:sagemaker:us-east-1:000000000000:${type}/${name}`;
const times = ({ created, modified }: Row) => ({ CreationTime: created, LastModifiedTime: modified });
const job: [string, string, string] = ['Completed', 'Failed', 'Stopped'];

const listings: Record<string, Listing> = {
  ListEndpoints: {
    table: 'endpoints',
    // One in service serves something; here nothing at all.
    statuses: ['InService', 'Failed', 'Failed'],
    store: (row) => ({
      EndpointName: row.name,
      EndpointArn: arn('endpoint', row.name),
      EndpointStatus: row.status,
      ...times(row),
      configName: 'any',
      ...(row.status === 'InService' && { serving: { id: row.name, configName: 'any', variants: [] } }),
    }),
    list: 'Endpoints',
    nameOf: 'EndpointName',
  },
  ListEndpointConfigs: {
    table: 'endpoint-configs',
    store: (row) => ({
      EndpointConfigName: row.name,
      EndpointConfigArn: arn('endpoint-config', row.name),
      ...times(row),
    }),
    list: 'EndpointConfigs',
    nameOf: 'EndpointConfigName',
  },
  ListModels: {
    table: 'models',
    store: (row) => ({ ModelName: row.name, ModelArn: arn('model', row.name), ...times(row) }),
    list: 'Models',
    nameOf: 'ModelName',
  },
  ListTrainingJobs: {
    table: 'training-jobs',
    statuses: job,
    store: (row, at) => ({
      TrainingJobName: row.name,
      TrainingJobArn: arn('training-job', row.name),
      TrainingJobStatus: row.status,
      SecondaryStatus: row.status,
      TrainingStartTime: row.created,
      TrainingEndTime: row.modified,
      ...times(row),
      ResourceConfig: {
        ...(at % 2 === 0 && { TrainingPlanArn: arn('training-plan', 'mine') }),
        ...(at % 4 === 1 && { KeepAlivePeriodInSeconds: 60 }),
      },
    }),
    list: 'TrainingJobSummaries',
    nameOf: 'TrainingJobName',
    order: 'Ascending',
    filters: [
      [{ TrainingPlanArnEquals: arn('training-plan', 'mine') }, (_, at) => at % 2 === 0],
      [{ WarmPoolStatusEquals: 'Terminated' }, (_, at) => at % 4 === 1],
      [{ WarmPoolStatusEquals: 'InUse' }, () => false],
    ],
  },
  ListTransformJobs: {
    table: 'transform-jobs',
    statuses: job,
    store: (row) => ({
      TransformJobName: row.name,
      TransformJobArn: arn('transform-job', row.name),
      TransformJobStatus: row.status,
      ...times(row),
    }),
    list: 'TransformJobSummaries',
    nameOf: 'TransformJobName',
  },
  ListProcessingJobs: {
    table: 'processing-jobs',
    statuses: job,
    store: (row) => ({
      ProcessingJobName: row.name,
      ProcessingJobArn: arn('processing-job', row.name),
      ProcessingJobStatus: row.status,
      ...times(row),
    }),
    list: 'ProcessingJobSummaries',
    nameOf: 'ProcessingJobName',
    order: 'Ascending',
  },
  ListHyperParameterTuningJobs: {
    table: 'tuning-jobs',
    statuses: job,
    store: (row, at) => ({
      HyperParameterTuningJobName: row.name,
      HyperParameterTuningJobArn: arn('hyper-parameter-tuning-job', row.name),
      HyperParameterTuningJobStatus: row.status,
      HyperParameterTuningJobConfig: {
        Strategy: 'Random',
        ResourceLimits: { MaxParallelTrainingJobs: 1 },
        HyperParameterTuningJobObjective: { Type: 'Minimize', MetricName: 'loss' },
        ParameterRanges: {},
      },
      TrainingJobDefinition: {},
      ...times(row),
      // Those of the first are all the training jobs there are.
      trials: at === 0 ? rowsFor(job).map(trialOf) : [],
    }),
    list: 'HyperParameterTuningJobSummaries',
    nameOf: 'HyperParameterTuningJobName',
    by: 'Name',
    order: 'Ascending',
  },
  ListTrainingJobsForHyperParameterTuningJob: {
    statuses: job,
    list: 'TrainingJobSummaries',
    nameOf: 'TrainingJobName',
    by: 'Name',
    order: 'Ascending',
    required: { HyperParameterTuningJobName: rowsFor(job)[0]?.name },
  },
  ListInferenceComponents: {
    table: 'inference-components',
    statuses: ['InService', 'Failed', 'Failed'],
    store: (row, at) => ({
      InferenceComponentName: row.name,
      InferenceComponentArn: arn('inference-component', row.name),
      InferenceComponentStatus: row.status,
      EndpointName: `endpoint-${at % 2}`,
      EndpointArn: arn('endpoint', `endpoint-${at % 2}`),
      VariantName: `variant-${at % 3}`,
      ...times(row),
      desiredCopies: 0,
      currentCopies: 0,
    }),
    list: 'InferenceComponents',
    nameOf: 'InferenceComponentName',
    filters: [
      [{ EndpointNameEquals: 'endpoint-1' }, (_, at) => at % 2 === 1],
      [{ VariantNameEquals: 'variant-0', EndpointNameEquals: 'endpoint-0' }, (_, at) => at % 6 === 0],
    ],
  },
  ListModelPackageGroups: {
    table: 'model-package-groups',
    store: (row) => ({
      ModelPackageGroupName: row.name,
      ModelPackageGroupArn: arn('model-package-group', row.name),
      ModelPackageGroupStatus: 'Completed',
      ...times(row),
      lastVersion: 0,
    }),
    list: 'ModelPackageGroupSummaryList',
    nameOf: 'ModelPackageGroupName',
    order: 'Ascending',
    filters: [
      [{ CrossAccountFilterOption: 'SameAccount' }, () => true],
      [{ CrossAccountFilterOption: 'CrossAccount' }, () => false],
    ],
  },
  ListModelPackages: {
    table: 'model-packages',
    store: (row, at) => ({
      ModelPackageName: at % 3 === 0 ? row.name : row.name.slice(0, 1),
      ModelPackageArn: arn('model-package', row.name),
      ModelPackageStatus: 'Completed',
      ...times(row),
      ...(at % 3 !== 0 && {
        ModelPackageGroupName: `group-${at % 3}`,
        ModelPackageVersion: at,
        ModelApprovalStatus: at % 2 === 0 ? 'Approved' : 'Rejected',
      }),
    }),
    list: 'ModelPackageSummaryList',
    nameOf: 'ModelPackageArn',
    order: 'Ascending',
    required: { ModelPackageType: 'Both' },
    filters: [
      [{ ModelPackageType: 'Versioned' }, (_, at) => at % 3 !== 0],
      [{ ModelPackageType: undefined }, (_, at) => at % 3 === 0],
      [{ ModelPackageType: undefined, ModelPackageGroupName: 'group-2' }, (_, at) => at % 3 === 2],
      [{ ModelApprovalStatus: 'Rejected' }, (_, at) => at % 3 !== 0 && at % 2 === 1],
    ],
  },
  ListNotebookInstances: {
    table: 'notebook-instances',
    statuses: ['Stopped', 'Failed', 'Failed'],
    store: (row, at) => ({
      NotebookInstanceName: row.name,
      NotebookInstanceArn: arn('notebook-instance', row.name),
      NotebookInstanceStatus: row.status,
      ...times(row),
      ...(at % 2 === 0 && { LifecycleConfigName: 'With-Pandas', DefaultCodeRepository: 'https://example.org/a' }),
      ...(at % 3 === 0 && { AdditionalCodeRepositories: ['b', 'c'] }),
    }),
    list: 'NotebookInstances',
    nameOf: 'NotebookInstanceName',
    by: 'Name',
    order: 'Ascending',
    filters: [
      [{ NotebookInstanceLifecycleConfigNameContains: 'pandas' }, (_, at) => at % 2 === 0],
      [{ DefaultCodeRepositoryContains: 'EXAMPLE' }, (_, at) => at % 2 === 0],
      [{ AdditionalCodeRepositoryEquals: 'c' }, (_, at) => at % 3 === 0],
    ],
  },
  ListNotebookInstanceLifecycleConfigs: {
    table: 'lifecycle-configs',
    store: (row) => ({
      NotebookInstanceLifecycleConfigName: row.name,
      NotebookInstanceLifecycleConfigArn: arn('notebook-instance-lifecycle-config', row.name),
      ...times(row),
    }),
    list: 'NotebookInstanceLifecycleConfigs',
    nameOf: 'NotebookInstanceLifecycleConfigName',
  },
  ListImages: {
    table: 'images',
    store: (row) => ({
      ImageName: row.name,
      ImageArn: arn('image', row.name),
      ImageStatus: 'CREATED',
      ...times(row),
      lastVersion: 0,
    }),
    list: 'Images',
    nameOf: 'ImageName',
    nameInCapitals: 'IMAGE_NAME',
  },
  ListImageVersions: {
    table: 'image-versions',
    // All of the first image.
    store: (row) => ({
      ImageArn: arn('image', rowsFor()[0]?.name ?? ''),
      ImageVersionArn: arn('image-version', row.name),
      ImageVersionStatus: 'CREATED',
      Version: numberOf(row),
      Aliases: [row.name],
      ...times(row),
    }),
    list: 'ImageVersions',
    nameOf: 'ImageVersionArn',
    nameInCapitals: 'VERSION',
    required: { ImageName: rowsFor()[0]?.name },
  },
  ListAliases: {
    list: 'SageMakerImageVersionAliases',
    by: 'Name',
    order: 'Ascending',
    required: { ImageName: rowsFor()[0]?.name },
    filters: [
      [{ Alias: rowsFor()[3]?.name }, (_, at) => at === 3],
      [{ Version: 'c'.charCodeAt(0) }, ({ name }) => name.startsWith('c')],
    ],
  },
};

/** A number in the order of the names. */
function numberOf({ name }: Row): number {
  return name.charCodeAt(0);
}

/** Two that are of the same second, and an order by name that is none of the others. */
function rowsFor(statuses: readonly string[] = []): Row[] {
  const start = 1_700_000_000;
  return Array.from({ length: 14 }, (_, at) => ({
    name: `${String.fromCharCode(97 + ((at * 5) % 14))}-${at % 4 === 0 ? 'Blue' : 'green'}-${at}`,
    status: statuses[at % 3] ?? '',
    created: start + Math.floor(at / 2) * 10,
    modified: start + 1_000 - at * 7,
    objective: at === 5 ? undefined : (at * 3) % 14,
  }));
}

function trialOf({ name, objective }: Row): Stored {
  const ObjectiveStatus = objective === undefined ? 'Failed' : 'Succeeded';
  return { TrainingJobName: name, TunedHyperParameters: {}, ObjectiveStatus, objective };
}

const stateDir = await sandbox(t);
const rows = new Map(Object.entries(listings).map(([operation, listing]) => [operation, rowsFor(listing.statuses)]));
for (const [operation, { table: name, store }] of Object.entries(listings)) {
  if (name === undefined || !store) continue;
  const table = await Table.open<Stored>(join(stateDir, 'sagemaker', `${name}.jsonl`));
  await Promise.all((rows.get(operation) ?? []).map((row, at) => table.set(row.name.toLowerCase(), store(row, at))));
  await table.close();
}
const server = await startLocalSageMaker({ stateDir });
const clients = connect(server);
t.teardown(async () => {
  clients.close();
  await server.close();
});

type Send = (command: unknown) => Promise<Record<string, unknown>>;
const send: Send = (command) => clients.sagemaker.send(command as sdk.ListModelsCommand) as never;

/** The names that an operation lists, page by page. */
async function pagesOf(
  operation: string,
  { list, nameOf, nameInCapitals, required }: Listing,
  input: Record<string, unknown>,
): Promise<string[][]> {
  const Command = Reflect.get(sdk, `${operation}Command`) as new (input: object) => unknown;
  const pages: string[][] = [];
  const { SortBy, SortOrder } = input;
  const sorting = nameInCapitals && {
    SortBy: SortBy === 'Name' ? nameInCapitals : SortBy,
    SortOrder: SortOrder && String(SortOrder).toUpperCase(),
  };
  for (let NextToken: unknown; ; ) {
    const answer = await send(
      new Command({ ...required, ...input, ...sorting, ...(NextToken !== undefined && { NextToken }) }),
    );
    const page = answer[list] as (string | Record<string, string>)[];
    const named = (each: (typeof page)[number]) => (typeof each === 'string' ? each : each[nameOf ?? '']);
    pages.push(page.map((each) => String(named(each)).replace(/^arn:.*\//, '')));
    NextToken = answer.NextToken;
    if (NextToken === undefined) return pages;
  }
}

const names = (left: readonly Row[]) => left.map(({ name }) => name);

const fields: Record<string, keyof Row> = {
  Name: 'name',
  Status: 'status',
  CreationTime: 'created',
  LastModifiedTime: 'modified',
  FinalObjectiveMetricValue: 'objective',
  CREATION_TIME: 'created',
  LAST_MODIFIED_TIME: 'modified',
};

/** Those that have nothing to be sorted by are left out. */
function sorted(all: readonly Row[], by: string, order: string): string[] {
  const keyOf = (row: Row) => row[fields[by] ?? 'name'];
  const compare = (a: Row, b: Row) => {
    const [left = '', right = ''] = [keyOf(a), keyOf(b)];
    if (left !== right) return left < right ? -1 : 1;
    return a.name < b.name ? -1 : 1;
  };
  const those = all.filter((row) => keyOf(row) !== undefined);
  return names(those.toSorted(order === 'Ascending' ? compare : (a, b) => compare(b, a)));
}

/** The members of an operation's input, with the values that they may have. */
function membersOf(operation: string): Map<string, readonly string[]> {
  const shape = api.shapes[api.operations[operation] ?? ''];
  if (shape?.type !== 'structure') return new Map();
  return new Map(
    Object.entries(shape.members).map(([member, name]) => {
      const of = api.shapes[name];
      return [member, of?.type === 'string' ? (of.enum ?? []) : []];
    }),
  );
}

for (const [operation, listing] of Object.entries(listings)) {
  t.test(operation, async (t: Test) => {
    const all = rows.get(operation) ?? [];
    const members = membersOf(operation);
    const sortKeys = members.get('SortBy') ?? [];
    const { by = 'CreationTime', order = 'Descending', filters = [] } = listing;
    const everything = { SortBy: 'Name', SortOrder: 'Ascending', MaxResults: 100 };
    const left = async (input: object) => (await pagesOf(operation, listing, { ...everything, ...input })).flat();

    const usual = await pagesOf(operation, listing, {});
    t.same(
      usual.map(({ length }) => length),
      [10, 4],
      'ten a page',
    );
    t.same(usual.flat(), sorted(all, by, order), `by ${by}, ${order}, unless told otherwise`);

    for (const SortBy of sortKeys) {
      for (const SortOrder of ['Ascending', 'Descending']) {
        const pages = await pagesOf(operation, listing, { SortBy, SortOrder, MaxResults: 3 });
        t.same(pages.flat(), sorted(all, SortBy, SortOrder), `by ${SortBy}, ${SortOrder}`);
        t.ok(
          pages.slice(0, -1).every(({ length }) => length === 3),
          'three a page',
        );
      }
    }

    const expected = (keep: (row: Row, at: number) => boolean) => sorted(all.filter(keep), 'Name', 'Ascending');
    for (const part of ['blue', '-1', 'nothing']) {
      if (!members.has('NameContains')) break;
      t.same(
        await left({ NameContains: part }),
        expected(({ name }) => name.toLowerCase().includes(part)),
        part,
      );
    }
    for (const StatusEquals of members.get('StatusEquals') ?? []) {
      t.same(
        await left({ StatusEquals }),
        expected(({ status }) => status === StatusEquals),
        StatusEquals,
      );
    }
    for (const [member, field] of [
      ['CreationTime', 'created'],
      ['LastModifiedTime', 'modified'],
    ] as const) {
      if (!members.has(`${member}After`)) continue;
      const bound = all[6]?.[field] ?? 0;
      const time = new Date(bound * 1000);
      t.same(
        await left({ [`${member}After`]: time }),
        expected((row) => row[field] >= bound),
        `${member}After`,
      );
      t.same(
        await left({ [`${member}Before`]: time }),
        expected((row) => row[field] < bound),
        `${member}Before`,
      );
      const both = { [`${member}After`]: time, [`${member}Before`]: new Date((bound + 11) * 1000) };
      t.same(
        await left(both),
        expected((row) => row[field] >= bound && row[field] < bound + 11),
        `${member} between`,
      );
    }
    for (const [filter, keep] of filters) t.same(await left(filter), expected(keep), JSON.stringify(filter));

    for (const wrong of [{ MaxResults: 0 }, { MaxResults: 101 }, { NextToken: 'nonsense' }, { SortBy: 'Size' }]) {
      if ('SortBy' in wrong && !members.has('SortBy')) continue;
      await t.rejects(left(wrong), { name: 'ValidationException' }, JSON.stringify(wrong));
    }
    const tried = new Set([
      ...Object.keys(listing.required ?? {}),
      'NextToken',
      'MaxResults',
      'SortBy',
      'SortOrder',
      'NameContains',
      'StatusEquals',
    ]);
    for (const each of ['CreationTime', 'LastModifiedTime']) tried.add(`${each}After`).add(`${each}Before`);
    for (const [filter] of filters) for (const member of Object.keys(filter)) tried.add(member);
    t.same(
      [...members.keys()].filter((member) => !tried.has(member)),
      [],
      'no member of the input is left untried',
    );
  });
}

t.test('there is no List operation without a test', async (t) => {
  const actions = Object.keys(service.actions).filter((name) => name.startsWith('List'));
  // At least 50 tags a page, and at most 50 a resource: there is one page.
  t.same(
    actions.filter((name) => !(name in listings)),
    ['ListTags'],
  );
});
