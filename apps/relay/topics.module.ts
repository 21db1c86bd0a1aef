import { Module } from '@nestjs/common';
import { KafkaService } from './kafka.service.js';
import { TopicsController } from './topics.controller.js';

/** Topics: over HTTP from history itself, and, where a Kafka is named, out to it and in from it. */
@Module({ controllers: [TopicsController], providers: [KafkaService] })
export class TopicsModule {}
