import type { Ground } from '../../libs/platform/stores/stores.module.js';

export async function loadDemo(_ground: Ground): Promise<void> {}
