import {
  type AsyncInferenceConfig,
  CreateEndpointCommand,
  CreateEndpointConfigCommand,
  DescribeEndpointCommand,
  DescribeEndpointConfigCommand,
  waitUntilEndpointInService,
} from '@aws-sdk/client-sagemaker';
import type { Test } from 'tap';
import type { ModelSettings } from '../../src/config/model-settings.ts';
import { defaultModelSettings } from '../../src/config/validate.ts';
import type { Aws } from '../../src/sagemaker/aws.ts';
import { startGateway, type TestGateway } from '../gateway.ts';
import { createScriptedEndpoint } from '../local/scripted-endpoint.ts';
import { scriptedModel } from '../local/scripted-model.ts';

export interface ScriptedGateway extends TestGateway {
  readonly seen: ReturnType<typeof scriptedModel>['seen'];
  /** Sets faults for the endpoint of the model. */
  setFaults(faults: unknown): Promise<void>;
}

/** A gateway whose model `scripted` does what the body of a request says, in the type that is asked of it. */
export async function startWithScript(
  t: Test,
  settings: Partial<ModelSettings> = {},
  asyncConfig?: AsyncInferenceConfig,
): Promise<ScriptedGateway> {
  const { seen, modelServers } = scriptedModel();
  const scripted = defaultModelSettings({
    endpoint: 'scripted',
    contentType: 'application/x-script',
    accept: 'application/x-scripted',
    ...settings,
  });
  const gateway = await startGateway(t, { models: { scripted } }, { modelServers });
  await createScriptedEndpoint(gateway.aws.sagemaker, 'scripted');
  if (asyncConfig) await createScriptedEndpoint(gateway.aws.sagemaker, 'scripted-async', asyncConfig);
  const setFaults = async (faults: unknown) => {
    const url = `${gateway.local.url}/_local/endpoints/scripted/faults`;
    await fetch(url, { method: 'PUT', body: JSON.stringify(faults) });
  };
  return { ...gateway, seen, setFaults };
}

/** An asynchronous endpoint on the model of an endpoint in service. */
export async function copyAsAsync(
  { sagemaker }: Pick<Aws, 'sagemaker'>,
  from: string,
  name: string,
  asyncConfig: AsyncInferenceConfig,
): Promise<void> {
  const { EndpointConfigName } = await sagemaker.send(new DescribeEndpointCommand({ EndpointName: from }));
  const { ProductionVariants } = await sagemaker.send(new DescribeEndpointConfigCommand({ EndpointConfigName }));
  await sagemaker.send(
    new CreateEndpointConfigCommand({
      EndpointConfigName: name,
      ProductionVariants,
      AsyncInferenceConfig: asyncConfig,
    }),
  );
  await sagemaker.send(new CreateEndpointCommand({ EndpointName: name, EndpointConfigName: name }));
  const pace = { maxWaitTime: 30, minDelay: 0.02, maxDelay: 0.02 };
  await waitUntilEndpointInService({ client: sagemaker, ...pace }, { EndpointName: name });
}
