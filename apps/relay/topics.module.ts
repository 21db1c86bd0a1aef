import { Module } from '@nestjs/common';
import { TopicsController } from './topics.controller.js';

/** What subscribers ask for over HTTP: the topics, their events, and the document that describes them. */
@Module({ controllers: [TopicsController] })
export class TopicsModule {}
