package io.mayfly.metrics;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** What tests replace. */
class MetricsProducers {

    @Produces
    @Singleton
    MetricsOutput output() {
        return MetricsOutput.stdout();
    }
}
