import { readFileSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { ConfigError, loadConfig } from './load.ts';
import type { Config } from './schema.ts';

/** Editors and Kubernetes write in several steps; what came of them is read when it has been quiet for this long, ms. */
const quiet = 100;

/** The text of a configuration file. @throws ConfigError */
export function readConfigFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([`GATEWAY_CONFIG: the file cannot be read (${(error as NodeJS.ErrnoException).code})`]);
  }
}

export interface ConfigListener {
  changed(config: Config): void;
  /** The file is faulty: what holds goes on. */
  refused(error: ConfigError): void;
}

/**
 * Loads gateway.yaml anew when it changes and on SIGHUP, whole or not at all. The folder is watched, not the file: Kubernetes swaps a symbolic
 * link beside it, and editors replace the file.
 * @returns stops watching
 */
export function watchConfig(path: string, env: NodeJS.ProcessEnv, listener: ConfigListener): () => void {
  let current = readConfigFile(path);
  let timer: NodeJS.Timeout | undefined;

  function load(always: boolean): void {
    try {
      const text = readConfigFile(path);
      if (text === current && !always) return;
      current = text;
      listener.changed(loadConfig(env, text));
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      listener.refused(error);
    }
  }

  const onHangup = () => load(true);
  process.on('SIGHUP', onHangup);
  const watcher = watch(dirname(path), () => {
    clearTimeout(timer);
    timer = setTimeout(load, quiet, false);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
    process.off('SIGHUP', onHangup);
  };
}
