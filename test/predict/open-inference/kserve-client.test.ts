import t from 'tap';
import { peerMissing, runPeer } from '../../peer.ts';
import { startWithModel } from '../deployed.ts';

const script = `
import asyncio, json, os
import numpy as np
from kserve import InferInput, InferRequest, InferenceRESTClient, RESTConfig
from kserve.protocol.infer_type import RequestedOutput

url = os.environ["GATEWAY"]
rows = np.array([[180, 80, 40], [180, 60, 40]])

def request(tensors, **more):
    inputs = []
    for name, values, datatype, binary in tensors:
        given = InferInput(name, list(values.shape), datatype)
        given.set_data_from_numpy(values, binary_data=binary)
        inputs.append(given)
    return InferRequest(model_name="heavy", infer_inputs=inputs, **more)

async def main():
    client = InferenceRESTClient(RESTConfig(protocol="v2"))
    async def infer(*tensors, **more):
        answer = await client.infer(url, request(tensors, **more), model_name="heavy")
        return {"id": answer.id, "model": answer.model_name, "version": answer.model_version,
                "scores": answer.get_output_by_name("scores").as_numpy().tolist(),
                "labels": [text.decode() if isinstance(text, bytes) else str(text)
                           for text in answer.get_output_by_name("labels").as_numpy().tolist()]}
    try:
        await infer(("predict", np.zeros((1, 4)), "FP64", True))
        refusal = None
    except Exception as error:
        refusal = str(error)
    print(json.dumps({
        "live": await client.is_server_live(url), "ready": await client.is_server_ready(url),
        "model": await client.is_model_ready(url, "heavy"),
        "json": await infer(("predict", rows.astype(np.float64), "FP64", False), request_id="call-7"),
        "binary": await infer(("predict", rows.astype(np.float32), "FP32", True)),
        "half": await infer(("predict", rows.astype(np.float16), "FP16", True),
                            request_outputs=[RequestedOutput("scores", {"binary_data": True}),
                                             RequestedOutput("labels", {"binary_data": True})]),
        "refusal": refusal,
    }))

asyncio.run(main())`;

t.test("KServe's client", { skip: peerMissing('kserve') }, async (t) => {
  const { url } = await startWithModel(t);
  const predicted = await fetch(`${url}/predict/heavy`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ data: '180,80,40\n180,60,40' }),
  });
  const { predictions } = (await predicted.json()) as { predictions: { score: number; label: string }[] };
  const answer = {
    model: 'heavy',
    scores: predictions.map(({ score }) => score),
    labels: predictions.map(({ label }) => label),
  };
  t.match(await runPeer(script, { GATEWAY: url }, { peer: 'kserve' }), {
    live: true,
    ready: true,
    model: true,
    json: { ...answer, id: 'call-7' },
    binary: answer,
    half: answer,
    refusal: /4 columns, the model takes 3/,
  });
});
