import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { answering, type Recorded, recordingServer } from '../sagemaker/recording-server.ts';

type Value = { readonly stringValue?: string; readonly intValue?: number | string; readonly boolValue?: boolean };

interface KeyValue {
  readonly key: string;
  readonly value: Value;
}

/** A span of OTLP in JSON, of which what is looked at here. */
interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  /** 1 internal, 2 server, 3 client. */
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly KeyValue[];
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[];
  /** 2: error. */
  readonly status?: { readonly code?: number; readonly message?: string };
}

export interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

export interface CollectedSpan extends Omit<OtlpSpan, 'attributes'> {
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly resource: Readonly<Record<string, string | number | boolean | undefined>>;
}

const plain = (attributes: readonly KeyValue[] = []) =>
  Object.fromEntries(
    attributes.map(({ key, value: { stringValue, intValue, boolValue } }) => [
      key,
      stringValue ?? (intValue === undefined ? boolValue : Number(intValue)),
    ]),
  );

export const spansIn = ({ resourceSpans }: OtlpRequest): CollectedSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        ...span,
        attributes: plain(span.attributes),
        resource: plain(resource.attributes),
      })),
    ),
  );

export interface Collector {
  readonly url: string;
  /** What was sent, as it came. */
  readonly recorded: readonly Recorded[];
  spans(): CollectedSpan[];
  /** All the spans, as soon as there are so many. */
  collected(count: number): Promise<CollectedSpan[]>;
  stop(): Promise<void>;
}

/** Takes OTLP over HTTP, in JSON. */
export async function startCollector(t: Test): Promise<Collector> {
  const server = await recordingServer(t);
  server.answerWith(answering(200, { 'content-type': 'application/json' }, '{}'));
  const spans = () => server.recorded.flatMap(({ body }) => spansIn(JSON.parse(body.toString()) as OtlpRequest));
  return {
    url: server.url,
    recorded: server.recorded,
    spans,
    async collected(count) {
      for (let i = 0; i < 500 && spans().length < count; i += 1) await sleep(20);
      return spans();
    },
    stop: server.stop,
  };
}
