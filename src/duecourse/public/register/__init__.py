"""The register of published decisions."""
