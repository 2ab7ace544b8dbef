// A container of one's own by SageMaker's contract, without any package: `train` learns the mean row of each label from CSV (label first), `serve`
// answers with the label of the nearest one. The same file runs as an image, with /opt/ml, and as a local command, with SM_PREFIX in its place.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const prefix = process.env.SM_PREFIX ?? '/opt/ml';
const modelFile = join(prefix, 'model/means.json');

const parse = (csv) =>
  csv
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(',').map(Number));

function train() {
  const channel = join(prefix, 'input/data/train');
  const files = readdirSync(channel, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const rows = files.flatMap((file) => parse(readFileSync(join(file.parentPath, file.name), 'utf8')));
  if (rows.flat().some(Number.isNaN)) throw new Error('ClientError: the training data has values that are no numbers');
  const means = [...Map.groupBy(rows, ([label]) => label)].map(([label, group]) => ({
    label,
    mean: group[0].slice(1).map((_, at) => group.reduce((sum, row) => sum + row[at + 1], 0) / group.length),
  }));
  writeFileSync(modelFile, JSON.stringify(means));
  const right = rows.filter(([label, ...row]) => nearest(means, row) === label).length;
  console.log(`train-accuracy=${right / rows.length}`);
}

function nearest(means, row) {
  const distance = ({ mean }) => mean.reduce((sum, value, at) => sum + (value - row[at]) ** 2, 0);
  return means.reduce((best, next) => (distance(next) < distance(best) ? next : best)).label;
}

function serve() {
  const means = JSON.parse(readFileSync(modelFile, 'utf8'));
  const server = createServer(async (request, response) => {
    if (request.url === '/ping') return response.end();
    const rows = parse(await text(request));
    if (rows.flat().some(Number.isNaN)) return response.writeHead(400).end('a value is no number');
    response.setHeader('content-type', 'text/csv');
    return response.end(rows.map((row) => `${nearest(means, row)}\n`).join(''));
  });
  server.listen(Number(process.env.SAGEMAKER_BIND_TO_PORT ?? 8080), () => console.log('serving'));
  process.once('SIGTERM', () => server.close(() => process.exit()));
}

try {
  ({ train, serve })[process.argv[2]]();
} catch (error) {
  writeFileSync(join(prefix, 'output/failure'), error.message);
  process.exit(1);
}
