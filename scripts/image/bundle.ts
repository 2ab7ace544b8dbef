// Makes what the image ships out of the sources and node_modules: `node bundle.ts SOURCES FOLDER`. One start loads a dozen files in place of two
// thousand, which takes a third of the time, and what nothing imports stays out. The licences of what is inside go with it.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build, type Plugin } from 'esbuild';
import { Config } from '../../src/config/schema.ts';
import { options } from '../../src/config/validator.ts';

const [sources, folder] = process.argv.slice(2);
if (sources === undefined || folder === undefined) throw new Error('bundle.ts SOURCES FOLDER');

/** For the CommonJS packages among the modules. */
const commonJs = `import { createRequire as $require } from 'node:module';
import { dirname as $dirname } from 'node:path';
const require = $require(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;`;

/** An `import` of node:http reads all that it exports, the WebSocket of Node's own undici too, whose loading is a tenth of the start; `require` does not. */
const requireHttp: Plugin = {
  name: 'require-http',
  setup(build) {
    build.onResolve({ filter: /^(node:)?http$/ }, ({ kind }) =>
      kind === 'import-statement' ? { path: 'node:http', namespace: 'required' } : undefined,
    );
    build.onLoad({ filter: /./, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require('${path}');`,
    }));
  },
};

/** The configuration's validator as code, in place of making it at each start. */
const compiledConfig: Plugin = {
  name: 'compiled-config',
  setup(build) {
    build.onLoad({ filter: /\/src\/config\/validator\.ts$/ }, () => {
      const ajv = new Ajv({ ...options, schemas: { config: Config }, code: { source: true, esm: true } });
      return { contents: standaloneCode.default(ajv, { validateConfig: 'config' }), resolveDir: process.cwd() };
    });
  },
};

const { metafile, warnings } = await build({
  // The trainer of the embedded SageMaker is a process of its own.
  entryPoints: ['main.ts', 'local/xgboost/train.ts'].map((file) => join(sources, file)),
  outbase: sources,
  outdir: join(folder, 'dist'),
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
  target: 'node24',
  // @datadog/sketches-js would write sketches with it, which nobody here asks for; it comes without it.
  external: ['protobufjs/minimal'],
  plugins: [requireHttp, compiledConfig],
  banner: { js: commonJs },
  metafile: true,
  logLevel: 'warning',
});
if (warnings.length > 0) throw new Error('What the bundler is not sure of may fail when it runs.');

// Swagger UI is served from where its plugin's code lies: its folder beside ours, its logo below.
const swaggerUi = 'node_modules/@fastify/swagger-ui/static';
cpSync(swaggerUi, join(folder, 'static'), { recursive: true });
mkdirSync(join(folder, 'dist/static'));
cpSync(join(swaggerUi, 'logo.svg'), join(folder, 'dist/static/logo.svg'));

const packages = new Set(
  Object.keys(metafile.inputs).flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
);
const notices = [...packages].sort().map((path) => {
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license: string;
  };
  const texts = readdirSync(path)
    .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    .map((file) => readFileSync(join(path, file), 'utf8').trim());
  return [`${name} ${version}: ${license}`, ...texts].join('\n\n');
});
if (notices.length === 0 || !existsSync(join(folder, 'dist/main.js'))) throw new Error('There is nothing in it.');
writeFileSync(join(folder, 'licences.txt'), `${notices.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`);
process.stdout.write(`${packages.size} packages, ${Object.keys(metafile.outputs).length} files\n`);
