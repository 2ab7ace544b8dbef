// POST /predict with a CSV row, as one writes it first: Fastify and the AWS SDK's client with its defaults.
import { InvokeEndpointCommand, SageMakerRuntimeClient } from '@aws-sdk/client-sagemaker-runtime';
import Fastify from 'fastify';

const client = new SageMakerRuntimeClient();
const app = Fastify();
app.addContentTypeParser('text/csv', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
app.post<{ Body: Buffer }>('/predict', async (request) => {
  const { Body } = await client.send(
    new InvokeEndpointCommand({ EndpointName: 'x', ContentType: 'text/csv', Accept: 'text/csv', Body: request.body }),
  );
  const scores = Buffer.from(Body).toString().trim().split('\n');
  return { model: 'x', predictions: scores.map((score) => ({ score: Number(score) })) };
});
console.log(await app.listen({ host: '127.0.0.1', port: 0, backlog: 4_096 }));
