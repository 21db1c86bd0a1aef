import { Injectable } from '@nestjs/common';

export interface Finding {
  readonly up: boolean;
  readonly [detail: string]: unknown;
}

export type Check = () => Finding | Promise<Finding>;

/** What must be up for the app to serve: each part registers its own check. */
@Injectable()
export class Readiness {
  readonly checks = new Map<string, Check>();

  register(name: string, check: Check): void {
    this.checks.set(name, check);
  }
}
