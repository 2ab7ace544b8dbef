import { version } from '../version.ts';

export interface Places {
  readonly gateway: string;
  readonly sagemaker: string;
  readonly stateDir: string;
  /** What the demo itself calls with, where the gateway asks who calls. */
  readonly demoKey?: string | undefined;
  /** The key of this start, where the gateway asks for one and no client was named. */
  readonly key?: string | undefined;
}

const keyNotice = (key: string): string => `
  API key      ${key}
               It listens beyond this machine and no client is named, so it asks for this key, which is new at each start and may do
               everything. To choose your own, name clients in gateway.yaml; AUTH=none lets anybody in.
`;

/** What stands in the terminal when local mode is ready: what to open, a line to paste, and how to stop. */
export const banner = ({ gateway, sagemaker, stateDir, key }: Places, exampleRow: string): string => `
  sagemaker-gateway ${version}, local mode: everything on this machine, no AWS account

  Predict      POST ${gateway}/predict
  Swagger UI   ${gateway}/docs
  OpenAPI      ${gateway}/openapi.yaml
  Metrics      ${gateway}/metrics
  SageMaker    ${sagemaker}  (embedded; AWS_ENDPOINT_URL for any AWS SDK)
  State        ${stateDir}
${key ? keyNotice(key) : ''}
  Try it:
    curl -s ${gateway}/predict -H 'content-type: application/json' \\
      ${key ? `-H 'x-api-key: ${key}' ` : ''}-d '{"data": "${exampleRow}"}'

  Ctrl-C stops it. What was trained and deployed is kept.

`;
