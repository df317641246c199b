package io.mayfly.webhook;

import io.mayfly.fuzz.Application;
import io.mayfly.fuzz.Input;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The signature's header: only the one value is right, in either case of its digits, and nothing is thrown. */
public final class SignatureFuzz {

    private static final SignatureValidator VALIDATOR = new SignatureValidator(
            Application.answered(new Input(new byte[0]), 1).settings());

    private SignatureFuzz() {}

    public static void fuzzerInitialize() {
        Application.warmUp();
    }

    /** Parts: how the header is made, the header, the body. */
    public static void fuzzerTestOneInput(byte[] bytes) {
        var input = new Input(bytes);
        var body = input.bytes(2);
        var right = "sha256=" + hmac(body);
        var text = input.text(1);
        var header = switch (input.offering(0, 4)) {
            case 1 -> right + text;
            case 2 -> text + right;
            case 3 -> right.substring(0, right.length() - Math.min(right.length(), text.length())) + text;
            default -> text;
        };
        if (VALIDATOR.isValid(body, right) != true) {
            throw new AssertionError("the right signature is refused");
        }
        if (VALIDATOR.isValid(body, header)
                != (header.startsWith("sha256=") && header.substring(7).equalsIgnoreCase(right.substring(7)))) {
            throw new AssertionError("a wrong signature is accepted, or a right one refused");
        }
    }

    private static String hmac(byte[] body) {
        try {
            var mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Application.SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
