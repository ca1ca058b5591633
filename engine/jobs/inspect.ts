import { openModel } from '../models/models.ts';
import type { InspectCommand, InspectResult } from '../protocol/protocol.ts';

/** What a model file holds. */
export async function inspect(command: InspectCommand): Promise<InspectResult> {
  const model = await openModel(command.model);
  try {
    return { type: 'inspect', model: model.info };
  } finally {
    model.dispose();
  }
}
