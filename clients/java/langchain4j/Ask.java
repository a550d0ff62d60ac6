import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import java.util.concurrent.CompletableFuture;

final class Ask {
    String ask(String baseURL, String apiKey, String prompt, boolean stream) throws Exception {
        if (!stream)
            return OpenAiChatModel.builder().baseUrl(baseURL).apiKey(apiKey).modelName("gpt-4o").build().chat(prompt);
        var whole = new CompletableFuture<String>();
        OpenAiStreamingChatModel.builder().baseUrl(baseURL).apiKey(apiKey).modelName("gpt-4o").build().chat(prompt, new StreamingChatResponseHandler() {
            @Override
            public void onPartialResponse(String piece) {}

            @Override
            public void onCompleteResponse(ChatResponse response) {
                whole.complete(response.aiMessage().text());
            }

            @Override
            public void onError(Throwable error) {
                whole.completeExceptionally(error);
            }
        });
        return whole.get();
    }
}
