import t from 'tap';
import { peerMissing, runPeer } from '../../peer.ts';
import { startWithModel } from '../deployed.ts';

const script = `
import json, os
import numpy as np
import tritonclient.http as triton

client = triton.InferenceServerClient(os.environ["GATEWAY"])

def tensor(name, values, datatype, **how):
    values = np.array(values)
    given = triton.InferInput(name, list(values.shape), datatype)
    given.set_data_from_numpy(values, **how)
    return given

def text(label):
    return label.decode() if isinstance(label, bytes) else label

def infer(inputs, **more):
    answer = client.infer("heavy", inputs, **more)
    return {"scores": answer.as_numpy("scores").tolist(),
            "labels": [text(label) for label in answer.as_numpy("labels").tolist()],
            "id": answer.get_response().get("id"), "as bytes": "data" not in answer.get_output("scores")}

in_json = [triton.InferRequestedOutput(name, binary_data=False) for name in ("scores", "labels")]

def refusal(call, *arguments, **more):
    try:
        call(*arguments, **more)
    except triton.InferenceServerException as error:
        return {"message": error.message(), "status": error.status()}

rows = np.array([[180, 80, 40], [180, 60, 40]], dtype=np.float64)
print(json.dumps({
    "live": client.is_server_live(), "ready": client.is_server_ready(),
    "model": client.is_model_ready("heavy"), "nobody": client.is_model_ready("nobody"),
    "server": client.get_server_metadata(), "metadata": client.get_model_metadata("heavy"),
    "matrix": infer([tensor("predict", rows, "FP64")], request_id="call-7"),
    "json": infer([tensor("predict", rows, "FP64", binary_data=False)], outputs=in_json),
    "asked": infer([tensor("predict", rows, "FP64")], outputs=[triton.InferRequestedOutput(name) for name in ("labels", "scores")]),
    "columns": infer([tensor("age", np.array([40, 40], dtype=np.int32), "INT32"),
                      tensor("weight", np.array([[80], [60]], dtype=np.float32), "FP32"),
                      tensor("height", np.array(["180", "180"], dtype=object), "BYTES")]),
    "wide": refusal(infer, [tensor("predict", np.zeros((1, 4)), "FP64")]),
}))`;

t.test("Triton's client", { skip: peerMissing('tritonclient.http') }, async (t) => {
  const { url } = await startWithModel(t);
  const predicted = await fetch(`${url}/predict/heavy`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ data: '180,80,40\n180,60,40' }),
  });
  const { predictions } = (await predicted.json()) as { predictions: { score: number }[] };
  const scores = predictions.map(({ score }) => score);
  t.match(await runPeer(script, { GATEWAY: url.replace('http://', '') }), {
    live: true,
    ready: true,
    model: true,
    nobody: false,
    server: { name: 'sagemaker-gateway' },
    metadata: { name: 'heavy', platform: 'amazon-sagemaker', inputs: [{ name: 'height', shape: [-1, 1] }, {}, {}] },
    matrix: { scores, labels: ['yes', 'no'], id: 'call-7', 'as bytes': true },
    json: { scores, labels: ['yes', 'no'], 'as bytes': false },
    asked: { scores, labels: ['yes', 'no'], 'as bytes': true },
    columns: { scores, labels: ['yes', 'no'] },
    wide: { message: /4 columns, the model takes 3/, status: '400' },
  });
});
