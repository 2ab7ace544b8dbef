import {
  type AsyncInferenceConfig,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  CreateModelCommand,
  type SageMakerClient,
  waitUntilEndpointInService,
} from '@aws-sdk/client-sagemaker';
import { scriptedImage } from './scripted-model.ts';

/** An endpoint in service on the scripted model, in real time or asynchronous. */
export async function createScriptedEndpoint(
  sagemaker: SageMakerClient,
  name: string,
  asyncConfig?: AsyncInferenceConfig,
): Promise<void> {
  await sagemaker.send(
    new CreateModelCommand({
      ModelName: name,
      ExecutionRoleArn: 'arn:aws:iam::000000000000:role/sagemaker',
      PrimaryContainer: { Image: scriptedImage },
    }),
  );
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: name,
      ProductionVariants: [{ VariantName: 'A', ModelName: name, InitialInstanceCount: 1, InstanceType: 'ml.m5.large' }],
      ...(asyncConfig && { AsyncInferenceConfig: asyncConfig }),
    }),
  );
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
  const pace = { maxWaitTime: 30, minDelay: 0.02, maxDelay: 0.02 };
  await waitUntilEndpointInService({ client: sagemaker, ...pace }, { EndpointName: name });
}
