import { version } from '../version.ts';

export interface Places {
  readonly gateway: string;
  readonly sagemaker: string;
  readonly stateDir: string;
}

/** What stands in the terminal when local mode is ready: what to open, a line to paste, and how to stop. */
export const banner = ({ gateway, sagemaker, stateDir }: Places, exampleRow: string): string => `
  sagemaker-gateway ${version}, local mode: everything on this machine, no AWS account

  Predict      POST ${gateway}/predict
  Swagger UI   ${gateway}/docs
  OpenAPI      ${gateway}/openapi.yaml
  Metrics      ${gateway}/metrics
  SageMaker    ${sagemaker}  (embedded; AWS_ENDPOINT_URL for any AWS SDK)
  State        ${stateDir}

  Try it:
    curl -s ${gateway}/predict -H 'content-type: application/json' \\
      -d '{"data": "${exampleRow}"}'

  Ctrl-C stops it. What was trained and deployed is kept.

`;
