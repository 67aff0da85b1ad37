import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import software.amazon.event.ruler.Machine;

/** Matches events with a pattern: {pattern, events} as JSON on each line of the input, {matches} or {error} on each line of the output. */
public final class Matches {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(JSON.writeValueAsString(matches(JSON.readTree(line))));
        }
    }

    private static ObjectNode matches(JsonNode question) throws Exception {
        ObjectNode result = JSON.createObjectNode();
        Machine machine = new Machine();
        try {
            machine.addRule("rule", JSON.writeValueAsString(question.get("pattern")));
        } catch (Exception refused) {
            return result.put("error", String.valueOf(refused.getMessage()));
        }
        ArrayNode matches = result.putArray("matches");
        for (JsonNode event : question.get("events")) {
            matches.add(!machine.rulesForJSONEvent(JSON.writeValueAsString(event)).isEmpty());
        }
        return result;
    }
}
