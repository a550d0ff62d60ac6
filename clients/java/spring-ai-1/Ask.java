import java.util.stream.Collectors;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.openai.api.OpenAiApi;

final class Ask {
    String ask(String baseURL, String apiKey, String prompt, boolean stream) {
        // Its paths begin with /v1.
        var api = OpenAiApi.builder().baseUrl(baseURL.replaceFirst("/v1$", "")).apiKey(apiKey).build();
        var options = OpenAiChatOptions.builder().model("gpt-4o").build();
        var model = OpenAiChatModel.builder().openAiApi(api).defaultOptions(options).build();
        if (!stream) return model.call(prompt);
        return model.stream(new Prompt(prompt))
                .mapNotNull(response -> response.getResult())
                .mapNotNull(result -> result.getOutput().getText())
                .collect(Collectors.joining())
                .block();
    }
}
