/** Codes of the 400s that OpenAI answers requests with, and that no fault is needed for. */
export const parameterCodes = [
  'unknown_parameter',
  'unsupported_value',
  'integer_below_min_value',
  'integer_above_max_value',
  'decimal_below_min_value',
  'decimal_above_max_value',
  'string_above_max_length',
  'array_above_max_length',
  'empty_array',
  'object_above_max_properties',
  'invalid_parameter_combination',
  'invalid_function_parameters',
  'invalid_image_url',
  'invalid_image_format',
  'unsupported_content_type',
  'max_tokens_per_request',
] as const;
