import { Module } from '@nestjs/common';
import { KafkaService } from './kafka.service.js';
import { TopicsController } from './topics.controller.js';

/** Topics over HTTP, read from history; with KAFKA_BROKERS also to and from Kafka. */
@Module({ controllers: [TopicsController], providers: [KafkaService] })
export class TopicsModule {}
