import { setTimeout as sleep } from 'node:timers/promises';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { FastifyBaseLogger } from 'fastify';
import type { Tracing } from '../config/tracing.ts';
import { version } from '../version.ts';
import { Ids } from './ids.ts';
import { traceRequests } from './open-telemetry.ts';
import type { Tracer } from './trace.ts';

/** For the last spans of a process that ends, ms. */
const patience = 2_000;

export interface RunningTracing {
  readonly tracer: Tracer;
  /** Sends what is left, if it can be done soon. */
  close(): Promise<void>;
}

function samplersOf({ sampler, sampleRatio }: Tracing): { readonly sampler: Sampler; readonly rootSampler: Sampler } {
  const root: Sampler = sampler.endsWith('traceidratio')
    ? new TraceIdRatioBasedSampler(sampleRatio)
    : sampler.endsWith('always_on')
      ? new AlwaysOnSampler()
      : new AlwaysOffSampler();
  return { sampler: sampler.startsWith('parentbased_') ? new ParentBasedSampler({ root }) : root, rootSampler: root };
}

async function exporterOf(url: string, { protocol }: Tracing): Promise<SpanExporter> {
  const { OTLPTraceExporter } = await (protocol === 'http/json'
    ? import('@opentelemetry/exporter-trace-otlp-http')
    : import('@opentelemetry/exporter-trace-otlp-proto'));
  return new OTLPTraceExporter({ url });
}

/**
 * Starts the OpenTelemetry SDK. Loading it takes a quarter of a second of processor: it is for after the start. A collector that is away costs
 * spans and a line in the log, never a request. Headers, timeout, compression and certificates of the exporter are those of its own variables
 * (OTEL_EXPORTER_OTLP_HEADERS, …).
 */
export async function exportTraces(url: string, settings: Tracing, logger: FastifyBaseLogger): Promise<RunningTracing> {
  const log = logger.child({ component: 'tracing' });
  const quiet = () => {};
  diag.setLogger(
    {
      error: (message, ...more) => log.warn({ more }, message),
      warn: (message, ...more) => log.warn({ more }, message),
      info: quiet,
      debug: quiet,
      verbose: quiet,
    },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const named = resourceFromAttributes({ 'service.name': settings.serviceName, 'service.version': version });
  const samplers = samplersOf(settings);
  const ids = new Ids();
  const provider = new TracerProvider({
    sampler: samplers.sampler,
    idGenerator: ids,
    resource: defaultResource()
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(named),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: await exporterOf(url, settings),
        scheduledDelayMillis: settings.exportIntervalMs,
      }),
    ],
  });
  return {
    tracer: traceRequests({
      tracer: provider.getTracer('sagemaker-gateway', version),
      ...samplers,
      ids,
      toContainer: settings.toContainer,
    }),
    async close() {
      const sent = provider.shutdown().catch((error: unknown) => log.warn({ err: error }, 'spans were lost'));
      await Promise.race([sent, sleep(patience, undefined, { ref: false })]);
    },
  };
}
