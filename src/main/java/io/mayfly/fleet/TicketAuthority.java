package io.mayfly.fleet;

import io.mayfly.config.Settings;
import io.mayfly.config.WebhookSecrets;
import jakarta.inject.Singleton;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Issues tickets and tells its own from others, in constant time. A ticket is in the user data of all instances of a pool and
 * scope, so it proves that somebody could read one: it keeps strangers from costing a remote call, and proves nothing more. It
 * is signed by a key made from the webhook secret; during a rotation the previous secret counts too.
 */
@Singleton
public class TicketAuthority {

    private static final String PURPOSE = "mayfly claim";
    private static final int FIELDS = 3;

    /** Base64url without padding: the fields, and the 32 bytes of the MAC. */
    private static final Pattern FORM = Pattern.compile("([A-Za-z0-9_-]{1,1024})\\.([A-Za-z0-9_-]{43})");

    private final Settings settings;
    private final WebhookSecrets secrets;

    public TicketAuthority(Settings settings) {
        this.settings = settings;
        this.secrets = new WebhookSecrets(settings);
    }

    /** The text that stands for a ticket. */
    public String issue(Ticket ticket) {
        var url = Base64.getUrlEncoder().withoutPadding();
        var fields = String.join("\n", ticket.fields()).getBytes(StandardCharsets.UTF_8);
        return url.encodeToString(fields) + "." + url.encodeToString(secrets.sign(secret -> mac(ticket, secret)));
    }

    /** The ticket that a text stands for; null where it is none of ours. */
    public @Nullable Ticket read(String text) {
        var form = FORM.matcher(text);
        if (!form.matches()) {
            return null;
        }
        var ticket = parse(form.group(1));
        var mac = decode(form.group(2));
        return ticket != null && mac != null && secrets.haveSigned(mac, secret -> mac(ticket, secret)) ? ticket : null;
    }

    private byte[] mac(Ticket ticket, byte[] secret) {
        var fields = new ArrayList<>(List.of(settings.deployment()));
        fields.addAll(ticket.fields());
        var key = WebhookSecrets.hmac(secret, PURPOSE.getBytes(StandardCharsets.UTF_8));
        return WebhookSecrets.hmac(key, byTheirLengths(fields));
    }

    /** So that no two lists of fields have the same bytes. */
    private static byte[] byTheirLengths(List<String> fields) {
        var bytes = new ByteArrayOutputStream();
        for (var field : fields) {
            var text = field.getBytes(StandardCharsets.UTF_8);
            bytes.writeBytes(
                    ByteBuffer.allocate(Integer.BYTES).putInt(text.length).array());
            bytes.writeBytes(text);
        }
        return bytes.toByteArray();
    }

    private static @Nullable Ticket parse(String encoded) {
        var bytes = decode(encoded);
        if (bytes == null) {
            return null;
        }
        var fields = new String(bytes, StandardCharsets.UTF_8).split("\n", -1);
        return fields.length == FIELDS ? new Ticket(fields[0], fields[1], fields[2]) : null;
    }

    private static byte @Nullable [] decode(String text) {
        try {
            return Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
