import type { ErrorObject } from 'ajv';
import { parse, YAMLParseError } from 'yaml';
import { envSettings } from './env-settings.ts';
import { featureFaults } from './feature.ts';
import { identityFaults } from './identity-faults.ts';
import type { Config } from './schema.ts';
import { defaultModelSettings } from './validate.ts';
import { validateConfig } from './validator.ts';

type Tree = { [key: string]: unknown };

/** Everything that is wrong with the configuration, one line each; values are left out, since they may be secrets. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n${faults.map((f) => `  ${f}`).join('\n')}`,
    );
    this.faults = faults;
  }
}

function parseFile(text: string): Tree {
  try {
    return (parse(text) as Tree | null) ?? {};
  } catch (error) {
    if (error instanceof YAMLParseError) throw new ConfigError([`gateway.yaml: ${error.message.split('\n')[0]}`]);
    throw error;
  }
}

function set(tree: Tree, path: readonly string[], value: string): void {
  const [head = '', ...rest] = path;
  if (rest.length === 0) tree[head] = value;
  else {
    const below = tree[head];
    const child: Tree = typeof below === 'object' && below !== null ? { ...below } : {};
    tree[head] = child;
    set(child, rest, value);
  }
}

function describe(fault: ErrorObject): string {
  const path = fault.instancePath.slice(1).split('/').filter(Boolean);
  const variable = envSettings.find((setting) => setting.path.join('/') === path.join('/'))?.variable;
  const place = path.join('.') || 'the top level';
  const extra = fault.keyword === 'additionalProperties' ? `: "${fault.params.additionalProperty}"` : '';
  const allowed = fault.keyword === 'enum' ? `: ${fault.params.allowedValues.join(', ')}` : '';
  return `${place}${variable ? ` (${variable})` : ''}: ${fault.message}${extra}${allowed}`;
}

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.');

/** Whether it says of anybody how they show who they are. */
export const knowsAnybody = ({ clients, issuers }: Pick<Config, 'clients' | 'issuers'>): boolean =>
  Object.keys(clients).length + Object.keys(issuers).length > 0;

/** Whether it listens beyond this machine and has been told neither whom to let in nor to let in anybody. */
export const isOpen = (config: Config): boolean =>
  !isLoopback(config.host) && !knowsAnybody(config) && config.auth !== 'none';

/** With no sign of AWS in the settings nobody can mean AWS: then everything runs on this machine. */
const impliedMode = (tree: Tree, env: NodeJS.ProcessEnv): 'aws' | 'local' =>
  tree.endpointName !== undefined ||
  tree.models !== undefined ||
  Object.keys(env).some((name) =>
    /^AWS_(REGION|DEFAULT_REGION|PROFILE|ACCESS_KEY_ID|ROLE_ARN|ENDPOINT_URL|CONTAINER_)/.test(name),
  )
    ? 'aws'
    : 'local';

function impliedDefaultModel(config: Config): string | undefined {
  const [only, ...more] = Object.keys(config.models);
  if (config.endpointName) return config.endpointName;
  if (only !== undefined && more.length === 0) return only;
  return config.mode === 'local' ? 'bank' : undefined;
}

/**
 * The configuration from the text of gateway.yaml and the environment, which wins. Pure.
 * @throws ConfigError with every fault at once
 */
export function loadConfig(env: NodeJS.ProcessEnv, fileText = ''): Config {
  const tree = parseFile(fileText);
  for (const { variable, path } of envSettings) {
    const value = env[variable];
    if (value !== undefined && value !== '') set(tree, path, value);
  }
  tree.mode ??= impliedMode(tree, env);
  if (!validateConfig(tree)) throw new ConfigError((validateConfig.errors ?? []).map(describe));

  const config = tree as Config;
  if (config.mode === 'aws' && isOpen(config)) {
    throw new ConfigError([
      'host (HOST): beyond this machine anybody could call; name clients (`npm run key`), or say auth: none (AUTH=none)',
    ]);
  }
  const contradictions = Object.entries(config.models).flatMap(([name, { features = [] }]) =>
    featureFaults(features, `models/${name}/features`).map(
      ({ pointer, detail }) => `${pointer.replaceAll('/', '.')}: ${detail}`,
    ),
  );
  contradictions.push(...identityFaults(config));
  if (contradictions.length > 0) throw new ConfigError(contradictions);
  const { endpointName } = config;
  if (endpointName && config.models[endpointName] === undefined) {
    config.models[endpointName] = defaultModelSettings({ endpoint: endpointName });
  }
  const defaultModel = config.defaultModel ?? impliedDefaultModel(config);
  return defaultModel === undefined ? config : { ...config, defaultModel };
}
