const WITH_POINT = /^gpt-3\.5-/;
const WITHOUT_POINT = /^gpt-35-/;

/** A model as Azure names it: `gpt-35-turbo`. */
export function azureName(model: string): string {
  return model.replace(WITH_POINT, 'gpt-35-');
}

/** The same model as OpenAI names it. */
export function openaiName(model: string): string {
  return model.replace(WITHOUT_POINT, 'gpt-3.5-');
}
