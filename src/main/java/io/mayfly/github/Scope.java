package io.mayfly.github;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a runner is registered: a repository or an organization. */
public sealed interface Scope {

    /** Reads the value of the tag {@code mayfly:scope}; null where it is none: anybody with ec2:CreateTags writes tags. */
    static @Nullable Scope parse(String path) {
        if (path.startsWith(OfRepository.PREFIX)) {
            var name = RepositoryName.parse(path.substring(OfRepository.PREFIX.length()));
            return name == null ? null : new OfRepository(name);
        }
        if (path.startsWith(OfOrganization.PREFIX)) {
            var login = Login.parse(path.substring(OfOrganization.PREFIX.length()));
            return login == null ? null : new OfOrganization(login);
        }
        return null;
    }

    /** The value of the tag {@code mayfly:scope}: {@code repos/OWNER/NAME} or {@code orgs/OWNER}. */
    String path();

    /** Where its API is. */
    ApiPath api();

    /** The owner's login, the same for all spellings: GitHub counts calls by installation, and an owner has one of an App. */
    String owner();

    /** Whether runners of this scope serve the jobs of a repository. */
    boolean serves(RepositoryName repository);

    /** The permission that registering runners here takes. */
    String permission();

    /** Whether it is an organization's. */
    default boolean isOrganization() {
        return this instanceof OfOrganization;
    }

    /** GitHub's id of what a repository's scope of this kind is; 0 for none. */
    default long id(Repository repository) {
        if (!isOrganization()) {
            return repository.id();
        }
        var organization = repository.organization();
        return organization == null ? 0 : organization.id();
    }

    /** The scope of a repository. */
    record OfRepository(RepositoryName repository) implements Scope {

        private static final String PREFIX = "repos/";

        @Override
        public String path() {
            return PREFIX + repository;
        }

        @Override
        public ApiPath api() {
            return ApiPath.of("repos", repository.owner(), repository.name());
        }

        @Override
        public String owner() {
            return repository.owner().toLowerCase(Locale.ROOT);
        }

        @Override
        public boolean serves(RepositoryName other) {
            return repository.isSameAs(other);
        }

        @Override
        public String permission() {
            return "administration";
        }

        @Override
        public String toString() {
            return path();
        }
    }

    /** The scope of an organization. */
    record OfOrganization(Login organization) implements Scope {

        private static final String PREFIX = "orgs/";

        @Override
        public String path() {
            return PREFIX + organization;
        }

        @Override
        public ApiPath api() {
            return ApiPath.of("orgs", organization.value());
        }

        @Override
        public String owner() {
            return organization.value().toLowerCase(Locale.ROOT);
        }

        @Override
        public boolean serves(RepositoryName repository) {
            return organization.value().equalsIgnoreCase(repository.owner());
        }

        @Override
        public String permission() {
            return "organization_self_hosted_runners";
        }

        @Override
        public String toString() {
            return path();
        }
    }
}
