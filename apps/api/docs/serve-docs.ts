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
  return SwaggerModule.createDocument(app, builder.build());
}
