import java.util.Objects;
import java.util.stream.Collectors;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

final class Ask {
    String ask(String baseURL, String apiKey, String prompt, boolean stream) {
        var options = OpenAiChatOptions.builder().baseUrl(baseURL).apiKey(apiKey).model("gpt-4o").build();
        var model = OpenAiChatModel.builder().options(options).build();
        if (!stream) return model.call(prompt);
        return model.stream(new Prompt(prompt))
                .mapNotNull(response -> response.getResult())
                .mapNotNull(result -> result.getOutput().getText())
                .collectList()
                .block()
                .stream()
                .filter(Objects::nonNull)
                .collect(Collectors.joining());
    }
}
