/** The variable with the base URL of a service: `MOCK_OPENAI_BACKUP_EU_BASE_URL` of `backup-eu`. */
export function providerVariable(name: string): string {
  return `MOCK_OPENAI_${name.toUpperCase().replaceAll('-', '_')}_BASE_URL`;
}
