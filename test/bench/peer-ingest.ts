/**
 * The peer of the ingest figure: the same request on a typical Nest route, with class-validator in the ValidationPipe, a
 * bearer check and one durable insert for each request.
 */
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Injectable,
  Module,
  Post,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { IsArray, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

const [folder = '.', key = ''] = process.argv.slice(2);
const hashed = createHash('sha256').update(key).digest('hex');

class ResponseBody {
  @IsString() @MaxLength(200) source!: string;
  @IsString() @MaxLength(200) externalId!: string;
  @IsString() @MaxLength(200) customer!: string;
  @IsOptional() @IsString() @MaxLength(200) touchpoint?: string;
  @IsIn(['nps', 'csat', 'ces', 'stars']) metric!: string;
  @IsInt() @Min(0) @Max(10) score!: number;
  @IsOptional() @IsIn(['yes', 'no', 'not-answered']) contactMe?: string;
  @IsOptional() @IsString() @MaxLength(10_000) comment?: string;
  @IsOptional() @IsArray() @IsString({ each: true }) tags?: string[];
}

@Injectable()
class KeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<{ headers: { authorization?: string } }>();
    return (
      createHash('sha256')
        .update((headers.authorization ?? '').slice(7))
        .digest('hex') === hashed
    );
  }
}

const database = new DatabaseSync(`${folder}/peer.db`);
database.exec(
  'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE response (id INTEGER PRIMARY KEY, body TEXT, UNIQUE (id))',
);
const insert = database.prepare('INSERT INTO response (body) VALUES (?)');

@Controller()
@UseGuards(KeyGuard)
class IngestController {
  @Post('/v1/responses')
  receive(@Body() body: ResponseBody): { response: string } {
    return { response: String(insert.run(JSON.stringify(body)).lastInsertRowid) };
  }
}

@Module({ controllers: [IngestController] })
class PeerModule {}

const app = await NestFactory.create<NestFastifyApplication>(PeerModule, new FastifyAdapter(), { logger: false });
app.useGlobalPipes(new ValidationPipe({ whitelist: true, transform: true }));
await app.listen(0, '127.0.0.1');
process.stdout.write(`${await app.getUrl()}\n`);
