/** The variable with the base URL of a service: `MOCK_OPENAI_BACKUP_EU_BASE_URL` of `backup-eu`. */
export function providerVariable(name: string): string {
  return `MOCK_OPENAI_${name.toUpperCase().replaceAll('-', '_')}_BASE_URL`;
}

/** The variable with the endpoint of a service of Azure: `MOCK_OPENAI_BACKUP_EU_ENDPOINT` of `backup-eu`. */
export function endpointVariable(name: string): string {
  return providerVariable(name).replace(/BASE_URL$/, 'ENDPOINT');
}
