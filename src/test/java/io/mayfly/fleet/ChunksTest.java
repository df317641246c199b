package io.mayfly.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunksTest {

    @ParameterizedTest
    @CsvSource({
        "1, 4, 1",
        "50, 4, 50",
        "51, 4, 50 1",
        "120, 4, 50 50 20",
        "256, 4, 64 64 64 64",
        "257, 4, 65 65 65 62",
        "256, 1, 100 100 56",
        "1000, 4, 100 100 100 100 100 100 100 100 100 100",
        "0, 4, ''",
    })
    void areOfFiftyToAHundredAndAsManyAsChoicesWhereThatFits(int number, int choices, String sizes) {
        assertThat(Chunks.of(number, choices))
                .containsExactlyElementsOf(Arrays.stream(sizes.split(" "))
                        .filter(size -> !size.isEmpty())
                        .map(Integer::valueOf)
                        .toList());
    }
}
