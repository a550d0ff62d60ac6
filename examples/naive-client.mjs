// A retry loop as it is often written by hand: every failure is tried again half a second later.
const { OPENAI_BASE_URL = 'https://api.openai.com/v1', OPENAI_API_KEY } = process.env;

async function complete(prompt) {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(`${OPENAI_BASE_URL}/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${OPENAI_API_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: prompt }] }),
    });
    if (response.ok) return (await response.json()).choices[0].message.content;
    if (attempt === 5) throw new Error(`gave up: ${response.status}`);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

console.log(await complete('Say hello.'));
