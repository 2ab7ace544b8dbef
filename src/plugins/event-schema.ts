/** The schema of a `text/event-stream`: as tools read it, that of each event. `data` of a named event is JSON. */
export const eventSchema = (...names: readonly string[]): object => ({
  type: 'object',
  properties: {
    event: { type: 'string', enum: names },
    data: { type: 'string' },
  },
  required: ['data'],
});
