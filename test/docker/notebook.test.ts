import { join } from 'node:path';
import t from 'tap';
import { startGateway } from '../gateway.ts';
import { peerMissing, runPeer } from '../peer.ts';

const notebook = join(import.meta.dirname, '../../docker/notebook/tutorial.ipynb');

/** Runs every cell in a kernel of its own; a cell that raises ends it. */
const execute = `
import json, os
import nbformat
from nbclient import NotebookClient

notebook = nbformat.read(os.environ["NOTEBOOK"], as_version=4)
NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
texts = [output.get("text", "") for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
print(json.dumps({"cells": sum(cell.cell_type == "code" for cell in notebook.cells), "text": "".join(texts)}))
`;

t.test('the tutorial runs through, cell by cell', { skip: peerMissing('nbclient', 'ipykernel') }, async (t) => {
  const { url } = await startGateway(t);
  const { cells, text } = await runPeer(
    execute,
    {
      NOTEBOOK: notebook,
      GATEWAY_URL: url,
      HOME: process.env.HOME ?? '',
    },
    { timeout: 170_000 },
  );
  t.equal(cells, 8, 'all cells');
  t.match(text, /"?accuracy'?: 0\.9\d/);
  t.match(text, /churned,plan_basic,plan_plus,monthly,months,score,label\n/);
  t.match(text, /'endpoint\/churn-/);
});
