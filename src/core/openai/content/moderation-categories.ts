/** What a moderation looks for, in the order of the wire, and whether it looks for it in images too. */
const APPLIES_TO_IMAGES = {
  sexual: true,
  'sexual/minors': false,
  harassment: false,
  'harassment/threatening': false,
  hate: false,
  'hate/threatening': false,
  illicit: false,
  'illicit/violent': false,
  'self-harm': true,
  'self-harm/intent': true,
  'self-harm/instructions': true,
  violence: true,
  'violence/graphic': true,
} as const;

export type ModerationCategory = keyof typeof APPLIES_TO_IMAGES;

/** Every category. Not in wire.md: names and order are those of the official API reference. */
export const moderationCategories = Object.keys(APPLIES_TO_IMAGES) as readonly ModerationCategory[];

/** The kinds of input in which a category can be found. */
export function inputTypesOf(category: ModerationCategory): readonly ('text' | 'image')[] {
  return APPLIES_TO_IMAGES[category] ? ['text', 'image'] : ['text'];
}
