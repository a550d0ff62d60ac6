export const NPM = ['openai@7.59.0', 'openai6@npm:openai@6.49.0', 'ai@7.0.173', '@ai-sdk/azure@4.0.85'] as const;
export const PYPI = ['openai==3.57.0', 'langchain-openai==1.7.4', 'litellm==1.110.2'] as const;
/** In an environment of its own: what it needs keeps the others from being installed. */
export const SEMANTIC_KERNEL = ['semantic-kernel==1.45.0', 'openai==3.57.0'] as const;
