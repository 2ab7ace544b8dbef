import { readFileSync } from 'node:fs';
import t from 'tap';
import { type CollectionTag, parse, type ScalarTag, type YAMLSeq } from 'yaml';
import { envSettings } from '../../src/config/env-settings.ts';
import { loadConfig } from '../../src/config/load.ts';

interface Container {
  readonly Name: string;
  readonly Essential: boolean;
  readonly ReadonlyRootFilesystem: boolean;
  readonly LinuxParameters: { readonly Capabilities: { readonly Drop: readonly string[] } };
  readonly DependsOn?: readonly ({ readonly ContainerName: string; readonly Condition: string } | undefined)[];
  readonly Environment?: readonly ({ readonly Name: string; readonly Value: unknown } | undefined)[];
  readonly StopTimeout?: number;
}

/** The task's containers as CloudFormation makes them, where what is asked for conditionally is asked for, or is not. */
function containersWhere(asked: boolean, parameters: Readonly<Record<string, string>>): Container[] {
  const ref: ScalarTag = { tag: '!Ref', resolve: (name) => parameters[name] };
  const text = (tag: string): ScalarTag => ({ tag, resolve: (value) => value });
  const list = (tag: string, make: (items: unknown[]) => unknown): CollectionTag => ({
    tag,
    collection: 'seq',
    resolve: (items) => make((items as YAMLSeq).items),
  });
  const customTags = [
    ref,
    ...['!Sub', '!GetAtt', '!Condition'].map(text),
    list('!If', ([, whenSo, otherwise]) => (asked ? whenSo : otherwise)),
    ...['!Not', '!And', '!Or', '!Equals'].map((tag) => list(tag, () => tag)),
  ];
  const file = new URL('../../docker/ecs/service.yaml', import.meta.url);
  const template = parse(readFileSync(file, 'utf8'), { customTags }) as {
    Resources: { TaskDefinition: { Properties: { ContainerDefinitions: (Container | undefined)[] } } };
  };
  return template.Resources.TaskDefinition.Properties.ContainerDefinitions.filter(
    (each) => each !== undefined && each !== null,
  );
}

const parameters = { EmfNamespace: 'gateway', TraceSampleRatio: '0.01', 'AWS::Region': 'us-east-1' };

for (const asked of [true, false]) {
  t.test(`the ECS task ${asked ? 'with' : 'without'} metrics in CloudWatch and a collector`, async (t) => {
    const containers = containersWhere(asked, parameters);
    t.strictSame(
      containers.map(({ Name, Essential }) => [Name, Essential]),
      [['config', false], ['gateway', true], ...(asked ? [['collector', false]] : [])],
    );
    for (const { Name, ReadonlyRootFilesystem, LinuxParameters } of containers) {
      t.equal(ReadonlyRootFilesystem, true, Name);
      t.strictSame(LinuxParameters.Capabilities.Drop, ['ALL'], Name);
    }
    const gateway = containers.find(({ Name }) => Name === 'gateway');
    const needed = gateway?.DependsOn?.flatMap((each) => (each ? [each.ContainerName] : []));
    t.strictSame(needed, asked ? ['config', 'collector'] : ['config']);

    const env = Object.fromEntries(
      (gateway?.Environment ?? []).flatMap((each) => (each ? [[each.Name, each.Value]] : [])),
    );
    const known = new Set(envSettings.map(({ variable }) => variable));
    t.strictSame(
      Object.keys(env).filter((name) => !known.has(name) && name !== 'GATEWAY_CONFIG'),
      [],
      'the gateway knows its variables',
    );
    const { metrics, tracing, shutdown } = loadConfig({ ...env, AUTH: 'none', HOST: '0.0.0.0' });
    t.equal(metrics.emfNamespace, asked ? 'gateway' : undefined);
    t.match(tracing, asked ? { endpoint: 'http://127.0.0.1:4318', sampleRatio: 0.01 } : { endpoint: undefined });
    const drained = (shutdown.delayMs + shutdown.drainTimeoutMs) / 1_000 + 5;
    t.ok((gateway?.StopTimeout ?? 0) >= drained, 'it is not killed before it has drained');
  });
}
