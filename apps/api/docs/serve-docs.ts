import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import scalar from '@scalar/fastify-api-reference';
import type { FastifyInstance } from 'fastify';

/** The API as OpenAPI at /docs-json and as a page at /docs, served from here alone. Made when first asked for. */
export async function serveDocs(app: NestFastifyApplication, fastify: FastifyInstance): Promise<void> {
  let document: string | undefined;
  fastify.get('/docs-json', (_request, reply) => {
    document ??= JSON.stringify(describeApi(app));
    void reply.type('application/json').send(document);
  });
  await fastify.register(scalar, {
    routePrefix: '/docs',
    configuration: {
      url: '/docs-json',
      pageTitle: 'Amends API',
      withDefaultFonts: false,
      telemetry: false,
      agent: { disabled: true },
      mcp: { disabled: true },
      showDeveloperTools: 'never',
      hideClientButton: true,
      documentDownloadType: 'direct',
      proxyUrl: '',
    },
  });
}

export function describeApi(app: NestFastifyApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setTitle('Amends')
    .setDescription('Every unhappy customer becomes a case with an owner, a clock and a proof.')
    .setVersion('1')
    .setOpenAPIVersion('3.1.0')
    .addBearerAuth({ type: 'http', scheme: 'bearer', description: 'An API key' })
    .addSecurityRequirements('bearer');
  for (const [tag, sentence] of Object.entries(TAGS)) builder.addTag(tag, sentence);
  return SwaggerModule.createDocument(app, builder.build());
}

/** What the groups of routes are about; the page shows them in this order. */
const TAGS = {
  responses: 'What customers say comes in here, one by one or in batches; triage follows at once.',
  cases: 'Everything that is done for an unhappy customer, one command each, from the first call to the approval.',
  queries: 'Queues, cases, clocks and any other read model, as far as your own writes if you ask for it.',
  reports: 'Promises kept and missed, the funnel, root causes, times and repeats, over all cases.',
  rules: 'What decides: drafted, rehearsed, approved by another person, put in force, rolled back.',
  rehearsals: 'What would have been, had the rules been different; nothing is sent and nothing is changed.',
  improvement: 'Failures that touched many customers, what is done against causes, and samples for verification.',
  teams: 'Who works on cases.',
  operations: 'Builds of the read models, what waits for an operator, proof, health and metrics.',
  topics: 'What goes out to topics and comes in from them.',
  callers: 'Who may call, by API key and role.',
} as const;
