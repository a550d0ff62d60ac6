import { aiSdk } from './ai-sdk.mjs';

export default aiSdk((provider) => provider.chat('gpt-4o'));
