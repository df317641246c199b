package io.mayfly.sweep;

import io.mayfly.github.InstallationId;
import io.mayfly.github.RepositoryName;

/**
 * A repository to look at.
 *
 * @param thorough whether an instance's end may depend on what is seen there
 */
record Place(RepositoryName repository, InstallationId installation, boolean thorough) {

    @Override
    public String toString() {
        return repository.toString();
    }
}
