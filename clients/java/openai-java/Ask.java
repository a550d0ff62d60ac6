import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import java.util.stream.Collectors;

final class Ask {
    /** A program has one client, whose connections are shared. */
    private final OpenAIClient shared = OpenAIOkHttpClient.builder().baseUrl("http://127.0.0.1").apiKey("sk-none").build();

    String ask(String baseURL, String apiKey, String prompt, boolean stream) {
        var client = shared.withOptions(options -> options.baseUrl(baseURL).apiKey(apiKey));
        var request = ChatCompletionCreateParams.builder().model("gpt-4o").addUserMessage(prompt).build();
        var completions = client.chat().completions();
        if (!stream) return completions.create(request).choices().get(0).message().content().orElse("");
        try (var chunks = completions.createStreaming(request)) {
            return chunks.stream()
                    .flatMap(chunk -> chunk.choices().stream())
                    .flatMap(choice -> choice.delta().content().stream())
                    .collect(Collectors.joining());
        }
    }
}
