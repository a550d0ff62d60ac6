import com.google.gson.Gson;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Clients in Java. A line of stdin is a call, or the id of one that is given up; a line of stdout tells how a call went. */
public final class Serve {
    record Asked(int id, int abort, String baseURL, String apiKey, String prompt, boolean stream) {}

    private static final Gson JSON = new Gson();

    public static void main(String[] args) throws Exception {
        var ask = new Ask();
        ExecutorService threads = Executors.newCachedThreadPool();
        Map<Integer, Future<?>> running = new ConcurrentHashMap<>();
        tell(Map.of("ready", true));
        var lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line; (line = lines.readLine()) != null; ) {
            var asked = JSON.fromJson(line, Asked.class);
            if (asked.abort() == 0) {
                running.put(asked.id(), threads.submit(() -> tell(answer(ask, asked))));
                continue;
            }
            // A user's thread that is told to stop is interrupted.
            var call = running.get(asked.abort());
            if (call != null) call.cancel(true);
        }
        System.exit(0);
    }

    private static Map<String, Object> answer(Ask ask, Asked asked) {
        try {
            return Map.of("id", asked.id(), "ok", true, "text", ask.ask(asked.baseURL(), asked.apiKey(), asked.prompt(), asked.stream()));
        } catch (Throwable error) {
            return Map.of("id", asked.id(), "ok", false, "error", String.valueOf(error));
        }
    }

    private static synchronized void tell(Map<String, Object> told) {
        System.out.println(JSON.toJson(told));
        System.out.flush();
    }
}
