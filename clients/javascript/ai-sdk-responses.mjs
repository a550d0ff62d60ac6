import { aiSdk } from './ai-sdk.mjs';

export default aiSdk((provider) => provider('gpt-4o'));
