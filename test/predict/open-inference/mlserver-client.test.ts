import t from 'tap';
import { peerMissing, runPeer } from '../../peer.ts';
import { startWithModel } from '../deployed.ts';

/** MLServer's client is its command: requests from a file, one a line, put together into batches and taken apart again. */
const script = `
import json, os, subprocess, sys, tempfile

folder = tempfile.mkdtemp()
path = lambda name: os.path.join(folder, name)

def infer(lines, *options):
    with open(path("in"), "w") as file:
        file.writelines(json.dumps(line) + "\\n" for line in lines)
    command = [sys.executable, "-c", "from mlserver.cli import main; main()", "infer", "--url", os.environ["GATEWAY"],
               "--model-name", "heavy", "--input-data-path", path("in"), "--output-data-path", path("out"), "--retries", "1"]
    subprocess.run([*command, *options], check=True, stdout=sys.stderr)
    answers = [json.loads(line) for line in open(path("out"))]
    return sorted(answers, key=lambda answer: answer["parameters"]["batch_index"])

def request(name, *rows, datatype="FP64"):
    data = [number for row in rows for number in row]
    return {"id": name, "inputs": [{"name": "predict", "shape": [len(rows), len(rows[0])], "datatype": datatype, "data": data}]}

lines = [request("a", [180, 80, 40]), request("b", [180, 60, 40], [180, 80, 40]), request("c", [180, 60, 40])]
print(json.dumps({
    "singly": infer(lines),
    "batched": infer(lines, "--batch-size", "3"),
    "binary": infer(lines, "--batch-size", "3", "--binary-data"),
    "mixed": infer([lines[0], request("wide", [1, 2, 3, 4])]),
}))`;

interface Line {
  readonly id: string;
  readonly model_name: string;
  readonly outputs: readonly { readonly name: string; readonly data: unknown[] }[];
}

t.test("MLServer's client", { skip: peerMissing('mlserver') }, async (t) => {
  const { url } = await startWithModel(t);
  const answers = await runPeer(
    script,
    { GATEWAY: url.replace('http://', ''), HOME: t.testdir() },
    { peer: 'mlserver' },
  );
  const labels = (lines: unknown) =>
    (lines as Line[]).map(({ id, outputs }) => [id, ...(outputs.find(({ name }) => name === 'labels')?.data ?? [])]);
  const expected = [
    ['a', 'yes'],
    ['b', 'no', 'yes'],
    ['c', 'no'],
  ];
  for (const how of ['singly', 'batched', 'binary']) t.same(labels(answers[how]), expected, how);
  t.match(answers.mixed, [{ id: 'a', model_name: 'heavy' }, { error: { msg: /4 columns, the model takes 3/ } }]);
});
