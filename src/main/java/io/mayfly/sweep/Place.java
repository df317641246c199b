package io.mayfly.sweep;

import io.mayfly.github.InstallationId;
import io.mayfly.github.RepositoryName;

/**
 * A repository to look at.
 *
 * @param visit counts up from one look at it to the next: what is bounded there begins elsewhere each time
 * @param thorough whether an instance's end may depend on what is seen there
 */
record Place(RepositoryName repository, InstallationId installation, long visit, boolean thorough) {

    @Override
    public String toString() {
        return repository.toString();
    }
}
